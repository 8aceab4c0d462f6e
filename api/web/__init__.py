"""The web pages: the same engine for people with a browser, without any build step and with little script.

A module for each page (`ask`, `releases`, `figures`, `feed`, `docs`), over what they are made of: `marked_text` (a body
with its quotes marked), `timeline_chart`, `differences`, `citation_formats` and `operations` (of the API). `pages`
renders templates, `forms` reads what people typed, and `links` knows the addresses. Templates and static files are
beside them.
"""
