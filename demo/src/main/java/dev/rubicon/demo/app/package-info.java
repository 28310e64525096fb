/**
 * What the fixtures' applications share: an HTTP server on loopback, a connection pool, JSON, and
 * what deploys a build. It knows nothing of Rubicon.
 */
package dev.rubicon.demo.app;
