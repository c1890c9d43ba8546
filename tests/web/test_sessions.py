from postroom.web.sessions import Session, Sessions


def test_a_session_lasts_while_it_is_used() -> None:
    now = [1000.0]
    sessions = Sessions(idle_s=60, clock=lambda: now[0])
    sessions.seen("anna", "api", "192.0.2.1")
    now[0] += 50
    sessions.seen("anna", "api", "192.0.2.1")
    now[0] += 50
    assert sessions.active() == (Session("anna", "api", "192.0.2.1", 1000.0, 1050.0),)
    now[0] += 50
    assert sessions.active() == ()
    sessions.seen("anna", "api", "192.0.2.1")
    assert sessions.active() == (Session("anna", "api", "192.0.2.1", 1150.0, 1150.0),)


def test_only_so_many_are_kept() -> None:
    sessions = Sessions(most=2)
    for user in ("anna", "bob", "carl"):
        sessions.seen(user, "api", "192.0.2.1")
    assert [session.user for session in sessions.active()] == ["bob", "carl"]
