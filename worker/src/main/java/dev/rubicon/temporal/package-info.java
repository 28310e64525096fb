/**
 * How Temporal is reached: the connection, its codec, what failed, and which executions there are.
 */
package dev.rubicon.temporal;
