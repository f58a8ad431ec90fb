// Linked into sanitized programs only. Debian's libsystemc 2.3.4 announces the main coroutine's stack to
// AddressSanitizer as (null, 0) and nothing at all when an SC_THREAD ends, so that exceptions on the main
// stack are then reported as overflows. Before each such exception this tells AddressSanitizer where the main
// stack really is.
#include <dlfcn.h>
#include <pthread.h>
#include <sanitizer/common_interface_defs.h>

#include <cstddef>

namespace {

void announce_main_stack() {
    static void* bottom = nullptr;
    static std::size_t size = 0;
    if (!bottom) {
        pthread_attr_t attributes;
        pthread_getattr_np(pthread_self(), &attributes);
        pthread_attr_getstack(&attributes, &bottom, &size);
        pthread_attr_destroy(&attributes);
    }
    char here = 0;
    if (&here < static_cast<char*>(bottom) || &here >= static_cast<char*>(bottom) + size)
        return;  // on an SC_THREAD
    void* fake = nullptr;
    __sanitizer_start_switch_fiber(&fake, bottom, size);
    __sanitizer_finish_switch_fiber(fake, nullptr, nullptr);
}

}  // namespace

extern "C" __attribute__((no_sanitize("address"))) void __asan_handle_no_return() {
    using Function = void (*)();
    static const Function real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "__asan_handle_no_return"));
    announce_main_stack();
    real();
}
