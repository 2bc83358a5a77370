"""Pages, one file a subject; each gives its routes as `pages`."""

from web.pages import account, entering, home

#: All groups of routes, in the order in which they are asked.
ALL = (entering.pages, home.pages, account.pages)
