#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <unordered_map>

namespace sosa::hw {

// Bytes at 64-bit addresses; zeros until written.
class SparseMemory {
  public:
    void write(std::uint64_t address, const unsigned char* bytes, std::size_t count) {
        each_page(address, count,
                  [&](std::size_t done, std::size_t offset, std::size_t size, std::uint64_t page) {
                      auto& at = pages_[page];
                      if (!at) at = std::make_unique<Page>();
                      std::memcpy(at->data() + offset, bytes + done, size);
                  });
    }
    void read(std::uint64_t address, unsigned char* bytes, std::size_t count) const {
        each_page(address, count,
                  [&](std::size_t done, std::size_t offset, std::size_t size, std::uint64_t page) {
                      const auto at = pages_.find(page);
                      if (at == pages_.end()) {
                          std::memset(bytes + done, 0, size);
                      } else {
                          std::memcpy(bytes + done, at->second->data() + offset, size);
                      }
                  });
    }

  private:
    static constexpr std::size_t page_bytes = std::size_t{1} << 18;
    using Page = std::array<unsigned char, page_bytes>;

    template <class Visit>
    static void each_page(std::uint64_t address, std::size_t count, const Visit& visit) {
        for (std::size_t done = 0; done < count;) {
            const std::uint64_t at = address + done;
            const std::size_t offset = at % page_bytes, size = std::min(count - done, page_bytes - offset);
            visit(done, offset, size, at / page_bytes);
            done += size;
        }
    }
    std::unordered_map<std::uint64_t, std::unique_ptr<Page>> pages_;
};

}  // namespace sosa::hw
