def test_a(room):
    pass
