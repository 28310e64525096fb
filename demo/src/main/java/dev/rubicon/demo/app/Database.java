package dev.rubicon.demo.app;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** A database of the fixture, and how to reach it. */
public record Database(String url, String user, String password) {

  /** The same server and role, another database. */
  public Database named(String database) {
    int query = url.indexOf('?');
    String base = query < 0 ? url : url.substring(0, query);
    String parameters = query < 0 ? "" : url.substring(query);
    String server = base.substring(0, base.lastIndexOf('/') + 1);
    return new Database(server + database + parameters, user, password);
  }

  /**
   * @param applicationName for pg_stat_activity, so that an operator sees who writes
   */
  public Connection connect(String applicationName) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("ApplicationName", applicationName);
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("socketTimeout", "120");
    return DriverManager.getConnection(url, properties);
  }

  @Override
  public String toString() {
    return url + " as " + user;
  }
}
