dbmate_() { "$NODE_PATH/.bin/dbmate" --url "$URL?sslmode=disable" --migrations-dir migrations --no-dump-schema "$@"; }
case $1 in
  available) "$NODE_PATH/.bin/dbmate" --version ;;
  migration)
    mkdir -p migrations
    printf -- '-- migrate:up\nCREATE TABLE t%s (id int);\n-- migrate:down\nDROP TABLE t%s;\n' "$2" "$2" >"migrations/2024010$2000000_m.sql" ;;
  up) dbmate_ up ;;
  pending) dbmate_ status | sed -n 's/^\[ \] *//p' ;;
esac
