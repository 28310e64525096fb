package dev.rubicon.demo.app.client;

import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Holds all writers between two of their operations, so that the outcome of each is known; they go
 * on afterwards. Fair: a writer that is always busy cannot put it off.
 */
public final class Intermission {
  private final ReadWriteLock lock = new ReentrantReadWriteLock(true);

  /** Ends it again. */
  public interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /** Around one operation of one writer, from its start to its outcome. */
  public Held operation() {
    lock.readLock().lock();
    return lock.readLock()::unlock;
  }

  /** Waits for the operations that are under way, and holds the next ones. */
  public Held everyone() {
    lock.writeLock().lock();
    return lock.writeLock()::unlock;
  }
}
