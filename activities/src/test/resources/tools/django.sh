django() { "${RUBICON_PYTHON:-python3}" manage.py "$@"; }
case $1 in
  available) "${RUBICON_PYTHON:-python3}" -c 'import django, psycopg' ;;
  migration)
    mkdir -p shop/migrations
    touch shop/__init__.py shop/migrations/__init__.py
    cat >manage.py <<'P'
import os, sys
from django.conf import settings
from django.core.management import execute_from_command_line
env = os.environ
settings.configure(
    INSTALLED_APPS=["shop"], USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": env["PGDATABASE"],
        "HOST": env["PGHOST"], "PORT": env["PGPORT"], "USER": env["PGUSER"], "PASSWORD": env["PGPASSWORD"]}})
execute_from_command_line(sys.argv)
P
    cat >"shop/migrations/000$2_m$2.py" <<P
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [$([ "$2" = 1 ] || echo "('shop', '000$(($2 - 1))_m$(($2 - 1))')")]
    operations = [migrations.RunSQL("CREATE TABLE t$2 (id int)", "DROP TABLE t$2")]
P
    ;;
  up) django migrate --verbosity 0 ;;
  pending) django showmigrations --plan | sed -n 's/^\[ \] *//p' ;;
esac
