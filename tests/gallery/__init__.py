"""Every state of an incident's card, page and thread, brought about for real and looked at as pictures.

    python -m tests.gallery FOLDER [state ...] [--locale zh_CN]

The desk runs on a database of its own with the time in our hand (`tests/stories/evening.py`); what it says goes through
the real outbox, sender and Bolt app into a sandbox workspace, whose page a headless Chromium photographs as a laptop's
(1280 pixels) and a phone's (390 pixels) window shows it.
"""
