// The files that make_attacks.py wrote, and what each must come to.
#ifndef LOADSTONE_TESTS_ATTACKS_ATTACK_FILES_H_
#define LOADSTONE_TESTS_ATTACKS_ATTACK_FILES_H_

#include <string>
#include <vector>

namespace loadstone::testing {

struct AttackFile {
  std::string name;  // "call/os.system.global.pth"
  std::string bytes;
  std::string code;  // "PERMISSION_DENIED"; "OK" for what is inert
  std::vector<std::string> says;
};

// From attacks.tar among the test's data. Fails the test where that cannot be read.
std::vector<AttackFile> ReadAttackFiles();

// Whether a command of one of the files ran in this process's folder or set its environment.
bool SomethingRan();

}  // namespace loadstone::testing

#endif  // LOADSTONE_TESTS_ATTACKS_ATTACK_FILES_H_
