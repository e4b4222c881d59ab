"""`bot.py demo`: a show played to the unmodified bot in a local Slack workspace, for people to watch or as a check.

    leash      a child that never outlives its parent
    processes  children: started, looked after, ended in order
    stage      the workspace, the translation server, the bot, the shared clock and the sources' keys
    replay     the show, posted over HTTP when the clock says so
    guide      what the page tells people to look at and to try
    person     the scripted people of a headless run: they acknowledge and ask
    evidence   what the store and the workspace know afterwards
    report     that, as the JSON of a headless run; `verdicts` holds it against what should have been
    run        all of it, from first to last

This is the one part of the handlers that knows `sandbox`: it leads all of it.
"""
