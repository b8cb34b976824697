"""How the archive gets in: Scrapy spiders, page objects and the sites we read."""
