package dev.rubicon.demo.checks;

/**
 * @param persisted whether a restart of the service would forget it
 */
record Usage(int used, int allowed, boolean persisted) {

  boolean exhausted() {
    return used >= allowed;
  }
}
