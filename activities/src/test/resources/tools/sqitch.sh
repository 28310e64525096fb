sqitch_() { sqitch --quiet "$@" "db:pg://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/$PGDATABASE"; }
case $1 in
  available) command -v sqitch ;;
  migration)
    mkdir -p deploy revert
    [ -f sqitch.conf ] || { printf '[core]\n\tengine = pg\n[user]\n\tname = Ann\n\temail = ann@example.org\n' >sqitch.conf
      printf '%%syntax-version=1.0.0\n%%project=shop\n\n' >sqitch.plan; }
    echo "m$2 2024-01-0$2T00:00:00Z Ann <ann@example.org> # m$2" >>sqitch.plan
    echo "CREATE TABLE t$2 (id int);" >"deploy/m$2.sql"
    echo "DROP TABLE t$2;" >"revert/m$2.sql" ;;
  up) sqitch_ deploy ;;
  pending) sqitch status "db:pg://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/$PGDATABASE" | sed -n 's/^ *\* //p' ;;
esac
