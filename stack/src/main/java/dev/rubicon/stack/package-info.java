/** PostgreSQL, S3 and Temporal for demo and tests, listening on loopback only. */
package dev.rubicon.stack;
