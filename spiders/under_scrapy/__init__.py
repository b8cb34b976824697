"""What the `scrapy` command does in this project; Scrapy finds it by the setting COMMANDS_MODULE."""
