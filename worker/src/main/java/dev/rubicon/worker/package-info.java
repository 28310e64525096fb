/** The worker process: Temporal's task queues and the HTTP API, in one Micronaut application. */
package dev.rubicon.worker;
