package dev.rubicon.expand;

import dev.rubicon.postgres.SqlFailure;
import dev.rubicon.runbook.Runbook;
import dev.rubicon.table.Naming;
import java.sql.SQLException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/**
 * Gives the owner's search path to each migration, and what else the runbook sets. Flyway puts its
 * history's schema first: an unqualified CREATE TABLE would land in it.
 */
record SearchPathCallback(Runbook runbook) implements Callback {
  @Override
  public boolean supports(Event event, Context context) {
    return event == Event.BEFORE_EACH_MIGRATE;
  }

  @Override
  public boolean canHandleInTransaction(Event event, Context context) {
    return true;
  }

  @Override
  public void handle(Event event, Context context) {
    try (var statement = context.getConnection().createStatement()) {
      for (String setting : Naming.settings(runbook)) {
        statement.execute("SET " + setting);
      }
    } catch (SQLException e) {
      throw SqlFailure.of(e);
    }
  }

  @Override
  public String getCallbackName() {
    return "search-path";
  }
}
