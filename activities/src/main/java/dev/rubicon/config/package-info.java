/** Configuration: rubicon.yaml and the environment, secrets resolved on the spot. */
package dev.rubicon.config;
