rails() { ruby "$TOOLS/rails.rb" "$1"; }
case $1 in
  available) ruby -e 'require "active_record"; require "pg"' ;;
  migration)
    mkdir -p db/migrate
    printf 'class M%s < ActiveRecord::Migration[6.0]\n  def up = execute("CREATE TABLE t%s (id int)")\n  def down = execute("DROP TABLE t%s")\nend\n' \
      "$2" "$2" "$2" >"db/migrate/2024010$2000000_m$2.rb" ;;
  up) rails up ;;
  pending) rails pending ;;
esac
