package dev.rubicon.backup;

import dev.rubicon.error.ErrorCode;
import dev.rubicon.error.RubiconException;
import dev.rubicon.objectstore.MultipartUpload;
import dev.rubicon.objectstore.TransferNote;
import java.io.IOException;
import java.io.InputStream;

/** What a pg_dump gives, on its way into the object store. */
final class DumpStream {
  private DumpStream() {}

  /**
   * Until the child ends.
   *
   * @param what is shown meanwhile
   */
  static MultipartUpload.Uploaded into(
      MultipartUpload upload, ChildTool child, TransferNote note, BackupWatch watch, String what) {
    try {
      var chunk = new byte[1 << 16];
      InputStream output = child.output();
      long reported = 0;
      note.waitsForOther();
      for (int got = output.read(chunk); got >= 0; got = output.read(chunk)) {
        note.waitsForStore();
        upload.write(chunk, 0, got);
        note.waitsForOther();
        note.passed(got);
        if (upload.bytes() - reported > 1 << 20) {
          reported = upload.bytes();
          watch.show(what, reported, 0);
          watch.progress().checkCancelled();
        }
      }
      int code = child.join();
      if (code != 0) {
        throw failed(code, child.complaint());
      }
      note.waitsForStore();
      var uploaded = upload.finish();
      note.done();
      return uploaded;
    } catch (IOException e) {
      throw failed(child.join(), child.complaint());
    }
  }

  private static RubiconException failed(int code, String complaint) {
    // A backend that is gone takes its snapshot with it: begin again rather than fail.
    boolean lost =
        complaint.contains("server closed the connection")
            || complaint.contains("terminating connection")
            || complaint.contains("invalid snapshot identifier")
            || complaint.contains("could not receive data");
    return new RubiconException(
        lost ? ErrorCode.CONNECTION_LOST : ErrorCode.BACKUP_FAILED,
        "pg_dump ended with " + code + ": " + complaint,
        "it is retried; what pg_dump needs: rubicon doctor");
  }
}
