"""Questions that the guard lets pass and no machine finishes: of constants, released figures."""

_LONG = ", ".join(f"range(200) t{i}(x)" for i in range(5))
_ALL = "(SELECT count(*) AS n FROM persons) AS p"
BOMBS = {
    "time, over constants": (
        f"SELECT count(*) FROM {_ALL}, {_LONG} WHERE t0.x + t1.x <> t2.x * t3.x + t4.x"
    ),
    "time, over released figures": (
        "WITH a AS (SELECT gender, count(*) AS n FROM persons GROUP BY gender) SELECT sum(a0.n)"
        " FROM " + ", ".join(f"a a{i}" for i in range(44))
    ),
    "memory, texts": (
        "SELECT string_agg(t0.x::VARCHAR || '-' || t1.x || '-' || t2.x, ',')"
        f" FROM {_ALL}, range(300) t0(x), range(300) t1(x), range(300) t2(x)"
    ),
    "memory, distinct values": (
        "SELECT count(*) FROM (SELECT DISTINCT t0.x * 90000 + t1.x * 300 + t2.x"
        f" FROM {_ALL}, range(300) t0(x), range(300) t1(x), range(300) t2(x))"
    ),
    "memory, a sort": (
        "SELECT x FROM (SELECT t0.x * 90000 + t1.x * 300 + t2.x AS x, row_number() OVER"
        f" (ORDER BY t2.x, t1.x, t0.x) AS r FROM {_ALL}, range(300) t0(x), range(300) t1(x),"
        " range(300) t2(x)) WHERE r = 7"
    ),
}
