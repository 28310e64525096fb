package dev.rubicon.postgres;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Logger;

/**
 * Hands connections on to PostgreSQL's driver and keeps what is sent through them: a test sees the
 * statements themselves, whatever code has made them.
 */
public final class RecordingDriver implements Driver {
  private static final String PREFIX = "recorded:";
  private static final List<String> SENT = new CopyOnWriteArrayList<>();

  static {
    try {
      DriverManager.registerDriver(new RecordingDriver());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private RecordingDriver() {}

  /** The same database; what is sent to it is kept. */
  public static Target recording(Target target) {
    return new Target(
        target.name(), PREFIX + target.url(), target.user(), target.password(), target.variables());
  }

  /** What was sent since this was asked before, without the comment that names the phase. */
  public static List<String> sent() {
    var sent = List.copyOf(SENT);
    SENT.clear();
    return sent.stream().map(sql -> sql.replaceFirst("^/\\*.*?\\*/\\s*", "")).toList();
  }

  @Override
  public Connection connect(String url, Properties properties) throws SQLException {
    return acceptsURL(url)
        ? proxy(
            Connection.class,
            DriverManager.getConnection(url.substring(PREFIX.length()), properties))
        : null;
  }

  private static <T> T proxy(Class<T> type, T real) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              if (arguments != null && arguments.length > 0 && arguments[0] instanceof String sql) {
                if (List.of("prepareStatement", "execute", "executeQuery")
                    .contains(method.getName())) {
                  SENT.add(sql);
                }
              }
              try {
                Object result = method.invoke(real, arguments);
                return method.getName().equals("createStatement")
                    ? proxy(Statement.class, (Statement) result)
                    : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  @Override
  public boolean acceptsURL(String url) {
    return url.startsWith(PREFIX);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
    return new DriverPropertyInfo[0];
  }

  @Override
  public int getMajorVersion() {
    return 1;
  }

  @Override
  public int getMinorVersion() {
    return 0;
  }

  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }
}
