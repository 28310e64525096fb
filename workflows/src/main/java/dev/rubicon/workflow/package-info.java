/** The workflows: a newcomer understands the product from {@code RolloutWorkflow} alone. */
package dev.rubicon.workflow;
