// What the sanitizers must not report of libraries that are not instrumented. Compiled in rather than
// read from a file, so that a test binary started by hand behaves as under Bazel.

extern "C" {

// ThreadSanitizer does not see the atomics and the OpenMP barriers inside these libraries.
const char* __tsan_default_suppressions() {
  return "race:libtorch_cpu.so\n"
         "race:libtorch_cuda.so\n"
         "race:libc10.so\n"
         "race:libgomp.so\n";
}

// What LibTorch registers once and keeps until the end.
const char* __lsan_default_suppressions() {
  return "leak:libtorch_cpu.so\n"
         "leak:libtorch_cuda.so\n"
         "leak:libc10.so\n";
}

}  // extern "C"
