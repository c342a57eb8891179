"""Public pages, kept as ready bytes and answered before Django is asked.

Every kept page belongs to a *generation*. Whatever changes something that pages show ends the
generation: before the change is committed the mark “changing” is set, after it a new generation
begins. The clock ends it too, at the next instant at which something appears, ends, opens or closes
(`moments`). A page of an earlier generation is given again only when the database, asked anew, says
what it said when the page was built (`editing.asked`).

`changes` sees the writes, `marks` are what all processes know, `rules` say which pages are kept,
`building` makes them, `entries` keeps them, and `layer` answers. The pages that are asked for most
are made within a change, so that they are there when it is (`ahead`), and when a process begins
(`warm_up`).
"""
