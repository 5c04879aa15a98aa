#include "tests/emulator/static_shared.hpp"

#include <cxxabi.h>
#include <elf.h>
#include <link.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace simt {

namespace {

struct Symbol {
  std::string name;
  Elf64_Sym entry;
  bool writable;
};

std::vector<Symbol> read_symbols() {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  const auto read = [&](auto& into, std::size_t offset) {
    if (offset + sizeof into > bytes.size())
      throw std::runtime_error("emulator: the program is not a complete ELF file");
    std::memcpy(&into, bytes.data() + offset, sizeof into);
  };
  Elf64_Ehdr header;
  read(header, 0);
  std::vector<Elf64_Shdr> sections(header.e_shnum);
  for (std::size_t k = 0; k < sections.size(); ++k) read(sections[k], header.e_shoff + k * header.e_shentsize);

  std::vector<Symbol> symbols;
  for (const Elf64_Shdr& table : sections) {
    if (table.sh_type != SHT_SYMTAB) continue;
    const char* names = bytes.data() + sections.at(table.sh_link).sh_offset;
    for (std::size_t at = 0; at < table.sh_size; at += sizeof(Elf64_Sym)) {
      Elf64_Sym entry;
      read(entry, table.sh_offset + at);
      if (entry.st_shndx == SHN_UNDEF || entry.st_shndx >= sections.size()) continue;
      symbols.push_back({names + entry.st_name, entry, (sections[entry.st_shndx].sh_flags & SHF_WRITE) != 0});
    }
  }
  if (symbols.empty()) throw std::runtime_error("emulator: the program has no symbol table (stripped?)");
  return symbols;
}

const std::vector<Symbol> symbols = read_symbols();

std::uintptr_t load_address() {
  std::uintptr_t address = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* result) {
        *static_cast<std::uintptr_t*>(result) = info->dlpi_addr;
        return 1;  // the program itself comes first
      },
      &address);
  return address;
}

}  // namespace

std::vector<StaticVariable> static_variables() {
  std::vector<StaticVariable> variables;
  const std::uintptr_t base = load_address();
  for (const Symbol& symbol : symbols) {
    const bool local_static = symbol.name.starts_with("_ZZ") && ELF64_ST_TYPE(symbol.entry.st_info) == STT_OBJECT;
    if (!local_static || !symbol.writable) continue;
    variables.push_back({reinterpret_cast<unsigned char*>(base + symbol.entry.st_value), symbol.entry.st_size});
  }
  return variables;
}

Image save(const std::vector<StaticVariable>& variables) {
  Image image;
  for (const StaticVariable& v : variables) image.insert(image.end(), v.begin, v.begin + v.bytes);
  return image;
}

void restore(const std::vector<StaticVariable>& variables, const Image& image) {
  const unsigned char* from = image.data();
  for (const StaticVariable& v : variables) {
    if (std::memcmp(v.begin, from, v.bytes) != 0) std::memcpy(v.begin, from, v.bytes);
    from += v.bytes;
  }
}

void learn(std::vector<StaticVariable>& variables, const Image& image) {
  const unsigned char* from = image.data();
  for (StaticVariable& v : variables) {
    if (std::memcmp(v.begin, from, v.bytes) != 0) v.shared = true;
    from += v.bytes;
  }
}

std::string function_name(const void* address) {
  const std::uintptr_t value = reinterpret_cast<std::uintptr_t>(address) - load_address();
  for (const Symbol& symbol : symbols) {
    if (symbol.entry.st_value != value || ELF64_ST_TYPE(symbol.entry.st_info) != STT_FUNC) continue;
    int status = 0;
    char* readable = abi::__cxa_demangle(symbol.name.c_str(), nullptr, nullptr, &status);
    std::string name = status == 0 ? readable : symbol.name;
    std::free(readable);
    // A template's name begins with its result type; the arguments begin at the last bracket that opens outermost.
    std::size_t open = std::string::npos;
    int depth = 0;
    for (std::size_t k = name.size(); k-- > 0;) {
      if (name[k] == ')') ++depth;
      if (name[k] == '(' && --depth == 0) {
        open = k;
        break;
      }
    }
    name = name.substr(0, open);
    return name.starts_with("void ") ? name.substr(5) : name;
  }
  return {};
}

}  // namespace simt
