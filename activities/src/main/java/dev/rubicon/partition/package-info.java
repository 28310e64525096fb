/** The functions by which partitions come and go after the rollout, without Rubicon. */
package dev.rubicon.partition;
