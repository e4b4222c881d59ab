"""A local Slack workspace: Web API, Socket Mode or signed HTTP delivery, and a page to look at it.

It stands apart from the bot and shares only the Block Kit table with it, so that it can be strict where Slack is.
Nothing here was checked against the real Slack; it follows docs.slack.dev and the behaviour of slack-sdk and Bolt.
"""
