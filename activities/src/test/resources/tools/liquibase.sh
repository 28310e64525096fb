liquibase() {
  "${JAVA:-java}" -cp "$RUBICON_LIQUIBASE/*:." liquibase.integration.commandline.LiquibaseCommandLine "--url=jdbc:postgresql://$PGHOST:$PGPORT/$PGDATABASE" \
    "--username=$PGUSER" "--password=$PGPASSWORD" --changelog-file=changelog.yaml --show-banner=false "$@" 2>liquibase.log || { cat liquibase.log >&2; return 1; }
}
case $1 in
  available) ls "${RUBICON_LIQUIBASE:-/nowhere}"/liquibase-core-*.jar ;;
  migration)
    [ -f changelog.yaml ] || echo 'databaseChangeLog:' >changelog.yaml
    cat >>changelog.yaml <<P
- changeSet: {id: "$2", author: ann, changes: [{sql: {sql: "CREATE TABLE t$2 (id int)"}}]}
P
    ;;
  up) liquibase update ;;
  pending) liquibase status --verbose | sed -n 's/^ *\(changelog.yaml::.*\)/\1/p' ;;
esac
