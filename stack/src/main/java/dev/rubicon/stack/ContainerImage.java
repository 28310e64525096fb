package dev.rubicon.stack;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.ImageNameSubstitutor;

/**
 * Which image a container is made of, and that the Docker engine has it. Testcontainers would fetch
 * one too, but asks a registry that cannot be reached again and again, and its failure does not say
 * what to set.
 */
final class ContainerImage {
  private ContainerImage() {}

  /**
   * The image that the environment variable names. Where the engine does not have it, it is
   * fetched: once, and a failure says what to set.
   */
  static DockerImageName present(String variable, String otherwise) {
    return fetched(
        variable, DockerImageName.parse(System.getenv().getOrDefault(variable, otherwise)));
  }

  static DockerImageName fetched(String variable, DockerImageName image) {
    DockerClient docker = client();
    // What Testcontainers is going to make of the name, as a mirror's prefix.
    DockerImageName real = ImageNameSubstitutor.instance().apply(image);
    try {
      docker.inspectImageCmd(real.asCanonicalNameString()).exec();
    } catch (NotFoundException absent) {
      fetch(docker, real, variable);
    }
    return image;
  }

  private static DockerClient client() {
    try {
      return DockerClientFactory.instance().client();
    } catch (RuntimeException e) {
      // Of several kinds: no engine, and images of Testcontainers' own (ryuk, alpine) not fetched.
      throw new IllegalStateException(
          "Testcontainers cannot work with Docker here; without a registry set"
              + " TESTCONTAINERS_RYUK_DISABLED=true, and inside a container also"
              + " TESTCONTAINERS_HOST_OVERRIDE=localhost. "
              + e.getMessage(),
          e);
    }
  }

  private static void fetch(DockerClient docker, DockerImageName image, String variable) {
    try {
      docker
          .pullImageCmd(image.getUnversionedPart())
          .withTag(image.getVersionPart())
          .start()
          .awaitCompletion();
    } catch (DockerException | DockerClientException e) {
      throw new IllegalStateException(
          ("the Docker engine has no image '%s' and could not fetch it: set %s to one that it has"
                  + " (docker images) or can fetch. %s")
              .formatted(image.asCanonicalNameString(), variable, e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
