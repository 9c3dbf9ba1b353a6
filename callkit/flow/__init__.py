"""Lines of a call's flow to events, and events to the call's journey: seconds in each stage, outcome, evidence."""
