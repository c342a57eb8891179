"""Public pages, kept as ready bytes and answered before Django is asked.

Every kept page belongs to a *generation*. Whatever changes something that pages show ends the
generation: before the change is committed the mark “changing” is set, after it a new generation
begins, so a page of before can never be found again. The clock ends it too, at the next instant at
which something appears, ends, opens or closes (`moments`).

`changes` sees the writes, `marks` are what all processes know, `rules` say which pages are kept,
`entries` keeps them, and `layer` answers.
"""
