package dev.rubicon.objectstore;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * One call to the store: tried again while the store is busy or the connection breaks, and a coded
 * error once that is hopeless. The SDK's own retries are off, so that each caller knows whether an
 * earlier attempt may have arrived.
 */
final class S3Call {
  private static final int ATTEMPTS = 6;

  /** Each of these has cost a minute or more already. */
  private static final int STALLS = 3;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  private S3Call() {}

  /** What is attempted; {@code attempt} counts from 1. */
  @FunctionalInterface
  interface Attempt<T> {
    T run(int attempt);
  }

  /**
   * @param what for messages, e.g. {@code "writing backups/prod/…/manifest.json"}
   */
  static <T> T run(String what, Attempt<T> call) {
    return run(what, new Traffic(), call);
  }

  /**
   * @param traffic sees the call's bytes, and may stop it
   */
  static <T> T run(String what, Traffic traffic, Attempt<T> call) {
    int stalls = 0;
    for (int attempt = 1; ; attempt++) {
      try {
        return traffic.during(attempt, call);
      } catch (SdkException e) {
        if (root(e) instanceof Exchange.Stalled) {
          stalls++;
        }
        if (!worthAnother(e) || attempt == ATTEMPTS || stalls == STALLS || traffic.stopped()) {
          throw coded(what, e);
        }
        pause(what, attempt);
      }
    }
  }

  /** Whether the same call may succeed a moment later. */
  static boolean worthAnother(SdkException e) {
    if (e instanceof S3Exception s3) {
      return s3.statusCode() >= 500 && s3.statusCode() != 501
          || s3.statusCode() == 429
          || s3.statusCode() == 408
          || "RequestTimeout".equals(errorCode(s3))
          || "BadDigest".equals(errorCode(s3))
          || "ConditionalRequestConflict".equals(errorCode(s3));
    }
    return e instanceof SdkClientException && !Thread.currentThread().isInterrupted();
  }

  /** Waits longer each time, with jitter, so that many workers do not come back at once. */
  static void pause(String what, int attempt) {
    long most = FIRST_PAUSE.toMillis() << (attempt - 1);
    try {
      Thread.sleep(most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RubiconException(
          ErrorCode.OBJECT_STORE_UNREACHABLE, what + " was interrupted", "it is retried");
    }
  }

  static boolean is(SdkException e, int status) {
    return e instanceof S3Exception s3 && s3.statusCode() == status;
  }

  static boolean is(SdkException e, String code) {
    return e instanceof S3Exception s3 && code.equals(errorCode(s3));
  }

  private static String errorCode(S3Exception e) {
    return e.awsErrorDetails() == null ? "" : String.valueOf(e.awsErrorDetails().errorCode());
  }

  /** The SDK's exception stays out of the cause chain: its text may quote request headers. */
  static RubiconException coded(String what, SdkException e) {
    if (!(e instanceof S3Exception s3)) {
      return new RubiconException(
          ErrorCode.OBJECT_STORE_UNREACHABLE,
          "the object store does not answer: " + what + " failed (" + reason(e) + ")",
          "check object-store: in rubicon.yaml, then: rubicon doctor");
    }
    String answer = s3.statusCode() + " " + errorCode(s3);
    if (s3.statusCode() == 403 || s3.statusCode() == 401) {
      return new RubiconException(
          ErrorCode.OBJECT_STORE_DENIED,
          "the object store refuses " + what + " (" + answer + ")",
          "check the access key and the bucket's policy, then: rubicon doctor");
    }
    if (is(e, "NoSuchBucket")) {
      return new RubiconException(
          ErrorCode.BUCKET_NOT_WRITABLE,
          "the bucket of rubicon.yaml does not exist: " + what + " failed",
          "create the bucket, or name one that is there, then: rubicon doctor");
    }
    if (s3.statusCode() == 404) {
      return new RubiconException(
          ErrorCode.OBJECT_MISSING,
          "there is no such object: " + what + " failed",
          "see what is there: rubicon doctor");
    }
    if (s3.statusCode() >= 500) {
      return new RubiconException(
          ErrorCode.OBJECT_STORE_UNREACHABLE,
          "the object store fails: " + what + " was answered with " + answer,
          "it is retried; see the store's own status");
    }
    return new RubiconException(
        ErrorCode.OBJECT_STORE_REFUSED,
        "the object store refuses " + what + " (" + answer + ")",
        "check object-store: in rubicon.yaml against the store's manual, then: rubicon doctor");
  }

  private static String reason(SdkException e) {
    Throwable root = root(e);
    return root instanceof Exchange.Stalled stalled
        ? stalled.getMessage()
        : root.getClass().getSimpleName();
  }

  private static Throwable root(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root;
  }
}
