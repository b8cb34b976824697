"""The commands that crawl or read pages; they join the command line by the entry-point group archive.commands."""

COMMANDS = {
    "crawl": "spiders.commands.crawl:crawl",
    "add": "spiders.commands.add:add",
    "reparse": "spiders.commands.reparse:reparse",
    "extract": "spiders.commands.extract:extract",
    "probe": "spiders.commands.probe:probe",
    "fixture": "spiders.commands.probe:fixture",
    "demo": "spiders.demo.command:demo",
}
