# Flyway is on the test's own classpath.
flyway() { "$JAVA" -cp "$CLASSPATH" dev.rubicon.stamp.FlywayTool "$@" 2>flyway.log || { cat flyway.log >&2; return 1; }; }
case $1 in
  available) true ;;
  migration)
    mkdir -p sql
    printf 'CREATE TABLE t%s (id int);\r\n-- Größe\n\n' "$2" >"sql/V$2__a_table.sql" ;;
  up) flyway migrate ;;
  pending) flyway pending | sed -n 's/^pending: //p' ;;
esac
