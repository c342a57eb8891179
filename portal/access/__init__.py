"""How staff come in: second factor, trusted computers, sessions, one-time links, idle accounts.

allauth does what is delicate (codes, passkeys, recovery codes, the steps of signing in); here stand
who needs it, our pages around it, the throttle and the audit trail.
"""
