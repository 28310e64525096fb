"""What psycopg notices when the tables under it change: usage: psycopg_client.py CONNINFO

Prepares its statements, says "ready", waits for a line, runs them again and says what happened:
one line per case, its name and the SQLSTATE, or "ok".
"""
import sys

import psycopg

STATEMENTS = {
    "star": "SELECT * FROM users WHERE id = %s",
    "columns": "SELECT id, name FROM users WHERE id = %s",
    "value": "SELECT name FROM users WHERE id = %s",
    "update": "UPDATE users SET name = name WHERE id = %s",
}


def attempt(case, work):
    try:
        work()
        print(case, "ok")
    except psycopg.Error as e:
        print(case, e.sqlstate)


def in_transaction(connection, sql):
    with connection.transaction():
        connection.execute(sql, (1,), prepare=True).close()


def main():
    # A connection for each case: an error on one makes some drivers forget all that it prepared.
    cases = [(case, mode) for case in STATEMENTS for mode in ("", "-transaction")]
    connections = {c: psycopg.connect(sys.argv[1], autocommit=True) for c in cases}
    for (case, _), connection in connections.items():
        for _ in range(7):
            connection.execute(STATEMENTS[case], (1,), prepare=True)
    print("ready", flush=True)
    sys.stdin.readline()
    for (case, mode), connection in connections.items():
        sql = STATEMENTS[case]
        for again in ("", "-again"):
            if mode:
                attempt(case + mode + again, lambda: in_transaction(connection, sql))
            else:
                attempt(case + again, lambda: connection.execute(sql, (1,), prepare=True))
        connection.close()


main()
