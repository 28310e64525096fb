package dev.rubicon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Clients of {@code orders} that write the old column and clients that write the new one. What was
 * acknowledged is remembered, and must be found on both sides.
 */
final class TwoDialects {
  private static final String GONE = "gone";

  private final CaseSite site;
  private final Case orders;
  private final Map<Long, String> acknowledged = new LinkedHashMap<>();
  private int written;

  TwoDialects(CaseSite site, Case orders) {
    this.site = site;
    this.orders = orders;
  }

  /** Inserts, updates and deletes of both. */
  void write() {
    try (Connection connection = site.superuser(orders.target)) {
      for (int i = 0; i < 10; i++) {
        long old = insert(connection, "price_text");
        long fresh = insert(connection, "price");
        // Each changes what the other wrote.
        change(connection, "price_text", fresh);
        change(connection, "price", old);
      }
      long gone =
          acknowledged.entrySet().stream()
              .filter(row -> !row.getValue().equals(GONE))
              .findFirst()
              .orElseThrow()
              .getKey();
      try (var delete = connection.prepareStatement("DELETE FROM public.orders WHERE id = ?")) {
        delete.setLong(1, gone);
        assertThat(delete.executeUpdate()).isOne();
      }
      acknowledged.put(gone, GONE);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private String next() {
    return (++written % 1000) + ".25";
  }

  private long insert(Connection connection, String column) throws SQLException {
    String value = next();
    try (var insert =
        connection.prepareStatement(
            "INSERT INTO public.orders ("
                + column
                + ") VALUES ("
                + cast(column)
                + ") RETURNING id")) {
      insert.setString(1, value);
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        acknowledged.put(row.getLong(1), value);
        return row.getLong(1);
      }
    }
  }

  private void change(Connection connection, String column, long id) throws SQLException {
    String value = next();
    try (var update =
        connection.prepareStatement(
            "UPDATE public.orders SET " + column + " = " + cast(column) + " WHERE id = ?")) {
      update.setString(1, value);
      update.setLong(2, id);
      assertThat(update.executeUpdate()).isOne();
    }
    acknowledged.put(id, value);
  }

  private static String cast(String column) {
    return column.equals("price") ? "?::numeric" : "?";
  }

  /** Nothing is lost, on neither side. */
  void stand() {
    assertThat(
            orders.ask(
                "SELECT count(*) FROM public.orders WHERE price IS DISTINCT FROM"
                    + " price_text::numeric"))
        .isEqualTo("0");
    var found = new LinkedHashMap<Long, String>();
    acknowledged.keySet().forEach(id -> found.put(id, GONE));
    try (Connection connection = site.superuser(orders.target);
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT id, price_text FROM public.orders")) {
      while (rows.next()) {
        found.computeIfPresent(rows.getLong(1), (id, _) -> text(rows));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    assertThat(found).hasSizeGreaterThan(20).isEqualTo(acknowledged);
  }

  private static String text(ResultSet rows) {
    try {
      return rows.getString(2);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
