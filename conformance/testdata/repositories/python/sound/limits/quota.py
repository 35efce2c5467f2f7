"""Limits of a small service."""

EXAMPLE = "# @requirement LIM-90"


def within(used, limit):
    """A request, as the rules have it.

    @requirement LIM-1
    """
    return used <= limit


# @requirement LIM-2
def remaining(used, limit):
    return max(0, limit - used)


def share(used, limit):
    """The share that was used, as the rules have it.

    @requirement LIM-3
    """
    return used * 100 // limit


# @requirement LIM-4
def blocked(failures):
    return failures >= 3


def minutes(seconds):
    """A window, as the rules have it.

    @requirement LIM-5
    """
    return seconds // 60


# @requirement LIM-6
def refused(used, limit):
    if used > limit:
        return True
    return False


def penalty(failures):
    """The penalty, as the rules have it.

    @requirement LIM-7
    """
    return failures * 2


# @requirement LIM-8
def allowed(size):
    return 1 <= size <= 10
