"""What each step of a call is called in words."""

STEPS = {
    "received": "Call received on {}",
    "schedule_check": "Opening hours checked: {}",
    "menu": "Menu: {}",
    "menu_input": "Key pressed: {}",
    "announcement": "Announcement: {}",
    "queued": "Waiting in {}",
    "joined": "Joined {}",
    "forwarded": "Sent to {}",
    "dialed": "Rang {}",
    "answered": "Answered by {}",
    "no_answer": "Not picked up by {}",
    "busy": "Busy: {}",
    "transferred": "Handed over to {}",
    "voicemail": "Voicemail: {}",
    "bot": "Assistant: {}",
    "hangup": "The call ended",
    "unknown": "A step that is not understood",
}
"""What each step means; the braces stand for its target."""

ENDS = {
    "caller": "The caller hung up",
    "callee": "The called side hung up",
    "system": "The system ended the call",
}
"""Who ended the call."""
