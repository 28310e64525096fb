/**
 * What is said to a workflow and what it says: the request that a launch makes, the decisions of
 * humans, the status that it reports, the result that it ends with.
 */
package dev.rubicon.message;
