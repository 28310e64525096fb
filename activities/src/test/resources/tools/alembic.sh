# A migration tool behind three commands: available | version | migration N | up | pending.
# Migration N creates table tN. URL and PG* name the database, the working folder is the project.
alembic() { "${RUBICON_PYTHON:-python3}" -m alembic.config -c alembic.ini "$@" 2>alembic.log || { cat alembic.log >&2; return 1; }; }
case $1 in
  available) "${RUBICON_PYTHON:-python3}" -c 'import alembic, psycopg' ;;
  migration)
    mkdir -p migrations/versions
    printf '[alembic]\nscript_location = migrations\n' >alembic.ini
    cat >migrations/env.py <<'P'
import os, sqlalchemy
from alembic import context
url = os.environ["URL"].replace("postgresql:", "postgresql+psycopg:")
with sqlalchemy.create_engine(url).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
P
    cat >"migrations/versions/r$2.py" <<P
from alembic import op
revision = "r$2"
down_revision = $([ "$2" = 1 ] && echo None || echo "\"r$(($2 - 1))\"")
def upgrade(): op.execute("CREATE TABLE t$2 (id int)")
def downgrade(): op.execute("DROP TABLE t$2")
P
    ;;
  up) alembic upgrade head ;;
  pending)
    at=$(alembic current | sed 's/ .*//')
    alembic history -r "${at:-base}:head" | sed -n 's/.* -> \([a-z0-9]*\).*/\1/p' | grep -vx "$at" | sort || true ;;
esac
