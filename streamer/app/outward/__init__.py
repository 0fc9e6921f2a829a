"""What the show tells other programs: signed webhooks, and actions of Streamer.bot.

`told` is the vocabulary and what is known of lines and alerts, `mail` the queue of one target, `webhooks` and `actions`
the targets, `outward` what the conductor calls, `settings` and `keys` what people write and keep. Settings import from
here, so nothing is imported at this level.
"""
