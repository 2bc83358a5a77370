"""Pages, one file a subject; each gives its routes as `pages`."""

from web.pages import account, entering, home, inventory, people

#: All groups of routes, in the order in which they are asked.
ALL = (entering.pages, home.pages, account.pages, inventory.pages, people.pages)
