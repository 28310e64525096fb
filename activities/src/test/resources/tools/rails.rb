# What `rails db:migrate` and `db:migrate:status` ask of ActiveRecord.
require "logger"
require "active_record"
ActiveRecord::Base.establish_connection(ENV["URL"])
ActiveRecord::Migration.verbose = false
context = ActiveRecord::Base.connection.migration_context
if ARGV[0] == "up"
  context.migrate
else
  context.migrations_status.each { |state, version, name| puts version if state == "down" }
end
